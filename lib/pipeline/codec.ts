import sharp from 'sharp';

/**
 * sharp, with everything shut that a photo does not need. Strangers' bytes reach it only after `sniff`, but a
 * sniffer is not a wall: this build of libvips also opens SVG, its own format and whatever a later one adds, such
 * as "ultra HDR" JPEGs by their gain map instead of by the picture that everybody sees.
 */
sharp.block({ operation: ['VipsForeignLoad'] });
sharp.unblock({
  operation: ['Jpeg', 'Png', 'Webp', 'Heif', 'Nsgif', 'Tiff'].map((codec) => `VipsForeignLoad${codec}`),
});
// Every photo is new: the cache would keep the last ones' pixels for nobody.
sharp.cache(false);

export { sharp };
