import type { StateStore } from '@sluice/core';
import type { RouterClient } from '../router/client';

/**
 * What a controller may do only for as long as it is the one that is reached: `mayAct` throws `HOST_SUPERSEDED` when it is
 * not, such as one that slept while its socket was removed and the next one came.
 */
export function fencedStore(store: StateStore, mayAct: () => void): StateStore {
  return {
    load: store.load,
    async save(...args) {
      mayAct();
      await store.save(...args);
    },
  };
}

/** Reading is free to anyone. */
export function fencedRouter(router: RouterClient, mayAct: () => void): RouterClient {
  return {
    ...router,
    async put(...args) {
      mayAct();
      return router.put(...args);
    },
    async remove(...args) {
      mayAct();
      return router.remove(...args);
    },
  };
}
