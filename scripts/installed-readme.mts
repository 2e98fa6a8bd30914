/** Sections of README.md for those who have the repository. */
const repositorySections = ['Try it', 'Install', 'For developers'];

/**
 * The page that the editor shows of the installed extension. It shows no picture and opens no link of this repository, which has no public
 * address: pictures, pointers of the form "More: [title](path)." and the sections above are left out.
 * @param readme the text of README.md
 * @throws when one of these sections is not there any more
 */
export function installedReadme(readme: string): string {
  const sections = readme.split(/^(?=## )/m);
  const isFor = (title: string) => (section: string) => section.startsWith(`## ${title}\n`);
  for (const title of repositorySections) {
    if (!sections.some(isFor(title))) throw new Error(`README.md has no section "${title}" that could be left out.`);
  }
  return sections
    .filter((section) => !repositorySections.some((title) => isFor(title)(section)))
    .join('')
    .replaceAll(/^!\[.*\]\(.*\)\n+/gm, '')
    .replaceAll(/\s+More: \[[^\]]+\]\([^)]+\)(?:, \[[^\]]+\]\([^)]+\))*\./g, '')
    .trimEnd()
    .concat('\n');
}
