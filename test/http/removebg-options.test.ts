import { parseRemovebg } from '../../lib/http/removebg/options';

test('what is left out, empty or null takes the default of remove.bg', () => {
  const defaults = parseRemovebg({});
  expect(defaults).toMatchObject({
    size: 'preview',
    type: 'auto',
    format: 'auto',
    channels: 'rgba',
    crop: false,
    scale: null,
  });
  expect(parseRemovebg({ roi: '', bg_color: null, bg_image_url: '', image_url: null, scale: '' })).toEqual(defaults);
});

test.each([
  ['fff', [255, 255, 255, 255]],
  ['#81d4fa', [129, 212, 250, 255]],
  ['81d4fa77', [129, 212, 250, 119]],
  ['f008', [255, 0, 0, 136]],
  ['green', [0, 128, 0, 255]],
])('bg_color %s is read with its alpha', (bg_color, [r, g, b, alpha]) => {
  expect(parseRemovebg({ bg_color }).bg_color).toEqual({ r, g, b, alpha });
});

test('lengths, shares and sides are read as written', () => {
  const px = (value: number) => ({ value, unit: 'px' });
  const percent = (value: number) => ({ value, unit: '%' });
  expect(parseRemovebg({ roi: '0 10px 50.5% 100%' }).roi).toEqual({
    x1: px(0),
    y1: px(10),
    x2: percent(50.5),
    y2: percent(100),
  });
  expect(parseRemovebg({ crop_margin: 0 }).crop_margin.top).toEqual(px(0));
  expect(parseRemovebg({ crop_margin: '30px' }).crop_margin).toEqual({
    top: px(30),
    right: px(30),
    bottom: px(30),
    left: px(30),
  });
  expect(parseRemovebg({ crop_margin: '1% 2px' }).crop_margin).toMatchObject({ bottom: percent(1), left: px(2) });
  expect(parseRemovebg({ scale: '25%', position: '0% 100%' })).toMatchObject({ scale: 0.25, position: { x: 0, y: 1 } });
  expect(parseRemovebg({ position: '30%' }).position).toEqual({ x: 0.3, y: 0.3 });
  expect(parseRemovebg({ type_level: 2, crop: 'true', format: 'jpeg' })).toMatchObject({
    type_level: '2',
    crop: true,
    format: 'jpg',
  });
});

test.each<[string, Record<string, unknown>]>([
  ['size', { size: 'huge' }],
  ['type', { type: 'car' }],
  ['type', { type: 'person' }],
  ['type_level', { type_level: '3' }],
  ['format', { format: 'gif' }],
  ['roi', { roi: '0% 0% 100%' }],
  ['roi', { roi: '0% 0% 100% 100% 1%' }],
  ['roi', { roi: '-1px 0% 100% 100%' }],
  ['crop', { crop: 'perhaps' }],
  ['crop_margin', { crop_margin: '501px' }],
  ['crop_margin', { crop_margin: '51%' }],
  ['crop_margin', { crop_margin: '1px 2px 3px' }],
  ['crop_margin', { crop_margin: '30' }],
  ['scale', { scale: '9%' }],
  ['scale', { scale: '101%' }],
  ['scale', { scale: '50px' }],
  ['position', { position: 'left' }],
  ['position', { position: '1% 2% 3%' }],
  ['channels', { channels: 'rgb' }],
  ['bg_color', { bg_color: 'mauve' }],
  ['bg_color', { bg_color: '12345' }],
  ['bg_color', { bg_color: 'fff', format: 'zip' }],
  ['bg_color', { bg_color: 'fff', channels: 'alpha' }],
  ['channels', { channels: 'alpha', format: 'zip' }],
  ['add_shadow', { add_shadow: 'true' }],
  ['shadow_type', { shadow_type: 'drop' }],
  ['shadow_opacity', { shadow_opacity: '50' }],
  ['bg_image_url', { bg_image_url: 'https://example.com/b.jpg' }],
  ['bg_image_file', { bg_image_file: 'a file' }],
  ['image_url', { image_url: 'https://example.com/a.jpg' }],
  ['colour', { colour: 'red' }],
  ['__proto__', Object.fromEntries([['__proto__', '1']])],
])('%s is refused by its name in %j', (option, record) => {
  expect(() => parseRemovebg(record)).toThrow(
    expect.objectContaining({ code: 'invalid-option', facts: { option }, message: expect.stringContaining(option) }),
  );
});
