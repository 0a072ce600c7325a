/** What every route may have its own of: times in ms. */
export interface RouteLimits {
  /** Until an instance accepts a connection. */
  connect: number;
  /**
   * Until an instance that has the whole request answers with its response headers, and until a client has sent those of
   * its request.
   */
  headers: number;
  /** How long either body may stand still through the fault of its sender, or for want of its reader; 0 for no limit. */
  idle: number;
  /** A request from its first byte to the last of its answer; 0 for no limit. */
  whole: number;
  /** Connections of clients at the same time. Further ones are closed at once. */
  connections: number;
  /** The target and header fields of a request. */
  headerBytes: number;
}

/** No route may allow more header bytes than this: it is what the parser takes. */
export const mostHeaderBytes = 256 * 1024;

/** Every limit of the router. */
export interface Limits extends RouteLimits {
  /** How long an instance that refused a connection is passed over while another one of its slot is left. */
  ejection: number;
  /**
   * How long a connection to an instance is kept idle when the instance announces no time of its own, and how much
   * earlier than announced it is given up. Short, because an instance that closes an idle connection just as a request
   * is sent on it makes that request fail; a new connection on one machine costs next to nothing.
   */
  instanceIdle: number;
  /** How long a client's connection is kept idle; longer than the 60 s that proxies in front keep theirs. */
  clientIdle: number;
  /** How long requests in flight may take to finish after their listener has closed. */
  drain: number;
  /** How long the rest of a request's body is read and dropped after its response is complete. */
  linger: number;
  /** Length of a bucket of figures. */
  bucket: number;
  /** How long buckets are kept. */
  retention: number;
  /** Length of what is called a minute in the history. */
  minute: number;
}

export const defaultLimits: Limits = {
  connect: 2_000,
  headers: 60_000,
  idle: 60_000,
  whole: 0,
  connections: 10_000,
  headerBytes: 16_384,
  ejection: 1_000,
  instanceIdle: 1_000,
  clientIdle: 65_000,
  drain: 30_000,
  linger: 5_000,
  bucket: 1_000,
  retention: 15 * 60_000,
  minute: 60_000,
};

/** What counts for a route. */
export const limitsOf = ({ limits }: { limits?: RouteLimits | undefined }, defaults: Limits): Limits => ({
  ...defaults,
  ...limits,
});
