import sharp from 'sharp';

// In every process: this build of libvips would open "ultra HDR" JPEGs by their gain map, not as everybody sees them.
sharp.block({ operation: ['VipsForeignLoadUhdr'] });

/**
 * Shut everything in sharp that a photo does not need. Strangers' bytes reach it only after `sniff`, but a sniffer is
 * not a wall: this build of libvips also opens SVG, its own format and whatever a later one adds. For processes that
 * are ours alone, because it holds for all of sharp: a program that has dresscut as a library may want SVG.
 */
export function guardSharp(): void {
  sharp.block({ operation: ['VipsForeignLoad'] });
  sharp.unblock({
    operation: ['Jpeg', 'Png', 'Webp', 'Heif', 'Nsgif', 'Tiff'].map((codec) => `VipsForeignLoad${codec}`),
  });
  // Every photo is new: the cache would keep the last ones' pixels for nobody.
  sharp.cache(false);
}

export { sharp };
