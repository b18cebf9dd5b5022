// What a tablet's camera sees in a test: a picture, as Chromium's make-believe camera takes it.

import { writeFileSync } from 'node:fs';
import type { Page } from 'playwright-core';
import { within } from './browser';

const width = 640;
const height = 480;
const frames = 5;

// Flags that make `video` the only camera, and let every page use it.
export const cameraFlags = (video: string): readonly string[] => [
  '--use-fake-device-for-media-stream',
  '--use-fake-ui-for-media-stream',
  `--use-file-for-fake-video-capture=${video}`,
];

// Writes the picture (PNG) as a video that stands still. `page`: any, which reads the picture.
export async function film(page: Page, picture: Uint8Array, video: string): Promise<void> {
  const text = await within(
    'the picture is read',
    page.evaluate(
      async ({ png, width, height }) => {
        const bitmap = await createImageBitmap(
          new Blob([Uint8Array.from(png)], { type: 'image/png' }),
        );
        const canvas = new OffscreenCanvas(width, height);
        const draw = canvas.getContext('2d');
        if (draw === null) throw new Error('nothing can be drawn');
        draw.fillStyle = 'white';
        draw.fillRect(0, 0, width, height);
        draw.imageSmoothingEnabled = false;
        const side = height - 80;
        draw.drawImage(bitmap, (width - side) / 2, 40, side, side);
        const { data } = draw.getImageData(0, 0, width, height);
        let bytes = '';
        for (let i = 0; i < data.length; i += 4) bytes += String.fromCharCode(data[i] ?? 0);
        return btoa(bytes);
      },
      { png: [...picture], width, height },
    ),
  );
  const frame = Buffer.concat([
    Buffer.from('FRAME\n'),
    Buffer.from(text, 'base64'),
    Buffer.alloc((width * height) / 2, 128),
  ]);
  const head = Buffer.from(`YUV4MPEG2 W${width} H${height} F10:1 Ip A1:1 C420jpeg\n`);
  writeFileSync(video, Buffer.concat([head, ...Array.from({ length: frames }, () => frame)]));
}
