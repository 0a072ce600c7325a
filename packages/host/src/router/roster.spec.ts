import { createRoster } from './roster';

describe('a roster', () => {
  it('knows who is present', () => {
    const roster = createRoster<string>();
    const [leave] = ['first', 'second'].map((name) => roster.enter(name));
    expect(roster.present()).toEqual(['first', 'second']);
    leave?.();
    expect(roster.present()).toEqual(['second']);
    roster.enter('third');
    expect(roster.present().sort()).toEqual(['second', 'third']);
  });

  it('tells apart those who are equal', () => {
    const roster = createRoster<string>();
    const leave = roster.enter('same');
    roster.enter('same');
    leave();
    expect(roster.present()).toEqual(['same']);
  });
});
