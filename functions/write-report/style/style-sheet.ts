import { layout } from './layout.ts';
import { themes } from './palette.ts';
import { parts } from './parts.ts';

/** All of the page's style; it names no font file, no image and no other sheet. */
export const styleSheet = [themes, layout, parts].join('\n');
