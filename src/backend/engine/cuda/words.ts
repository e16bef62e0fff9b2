// What an installation would do, in words: for the terminal, and for the question in the editor.
import { librariesRemedy } from './libraries';
import type { CudaPlan } from './install';

/** A line each: what for which card, what is downloaded from where and how much, where to, what is missing. */
export function planWords(plan: CudaPlan): string[] {
  const { form, device, folder, downloads, missing } = plan;
  return [
    `${form.title}, for ${device}`,
    ...downloads.map(({ download: { url }, expected: { size } }) => `Downloads ${url} (${megabytes(size)})`),
    `Installs into ${folder}`,
    ...(missing.length > 0 ? [`Not found here: ${missing.join(', ')}. ${librariesRemedy(form)}`] : []),
  ];
}

export function megabytes(bytes: number | null): string {
  if (bytes === null) return 'its size is not known before';
  return bytes < 1e6 ? 'less than 1 MB' : `${Math.round(bytes / 1e6).toLocaleString('en')} MB`;
}
