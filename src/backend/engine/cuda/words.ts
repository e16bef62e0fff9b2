// What an installation would do, in words: for the terminal, and for the question in the editor.
import type { Expected } from './download';
import type { CudaForm, Download } from './forms';
import { librariesRemedy } from './libraries';

export interface CudaPlan {
  form: CudaForm;
  /** The card and its driver. */
  device: string;
  /** Where it would be installed. */
  folder: string;
  downloads: { download: Download; expected: Expected }[];
  /** Bytes of all downloads; null where a server does not say. */
  bytes: number | null;
  /** Libraries of CUDA and cuDNN that are needed and that the system does not find. */
  missing: string[];
}

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
