/**
 * What the backend's process finds in its environment, unless the user has set it. Large blocks of memory in huge pages
 * (glibc 2.35 and later): activations that leave a run are new memory each time, and half of that time was the system's,
 * making it page by page (bench/NOTES.md).
 */
export const BACKEND_ENVIRONMENT = { GLIBC_TUNABLES: 'glibc.malloc.hugetlb=1' };
