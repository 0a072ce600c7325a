import { connect } from './database';
import { quote } from './quote';

it('charges the way there and back', () => {
  expect(quote([{ name: 'Pier', x: 3, y: -4 }])).toEqual({
    items: 1,
    route: ['Depot', 'Pier', 'Depot'],
    blocks: 14,
    price: '6.10',
  });
});

it('visits what lies on the way, whatever order it is asked in', () => {
  const near = { name: 'Near', x: 1, y: 0 };
  const middle = { name: 'Middle', x: 2, y: 0 };
  const far = { name: 'Far', x: 3, y: 0 };
  expect(quote([far, near, middle]).blocks).toBe(6);
  expect(quote([middle, far, near]).blocks).toBe(6);
});

it('finds the shortest of all 5040 rounds to seven addresses', async () => {
  const connection = await connect();
  expect(quote(await connection.addresses(7))).toEqual({
    items: 7,
    route: ['Depot', 'Harbour', 'Chapel Hill', 'Station', 'Mill Lane', 'Orchard', 'Old Lock', 'Weir House', 'Depot'],
    blocks: 66,
    price: '13.90',
  });
});
