import { byTool, type ToolCommands } from './by-tool.ts';

/** Asks the registry of a tool for a package. @param npm how npm is asked; all others answer with the versions anyway. */
export const askRegistry = (npm: string): ToolCommands => {
  const pip = 'pip index versions {package}';
  return byTool(
    [
      [['npm', 'pnpm', 'yarn', 'bun', 'node'], 'package.json', npm],
      [['cargo'], 'Cargo.toml', 'cargo info {package}'],
      [['bundler', 'gem'], 'Gemfile', 'gem list --remote --all --exact {package}'],
      [['composer'], 'composer.json', 'composer show --all {package}'],
      [['go'], 'go.mod', 'go list -m -versions {package}'],
      [['apt'], null, 'apt-cache policy {package}'],
      [['mix'], 'mix.exs', 'mix hex.info {package}'],
      [['pub'], 'pubspec.yaml', 'dart pub add --dry-run {package}'],
      [['pip', 'uv', 'poetry', 'pipenv', 'pdm', 'python'], null, pip],
    ],
    pip,
  );
};

/**
 * Commands that ask a registry for packages, charts or images. `npm run`, `npx`, `node` and the like start programs, which ask whom they
 * want.
 */
export const asksRegistry =
  /(?:^|[\s;&|(/])(?:(?:npm|pnpm|yarn|bun|deno|pip[\d.]{0,5}|pipenv|uv|poetry|pdm|conda|mamba|cargo|gem|bundle|composer|mix|dart|flutter|apt|apt-get|apk|dnf|yum|zypper|pacman|brew|snap|helm|dotnet|nuget|luarocks|opam|cabal|nimble|conan|vcpkg|pod|terraform|tofu|ansible-galaxy)\s(?:(?!(?:run|exec|x|start|test|task)\s)\S{1,60}\s{1,4}){0,4}(?:install|i|ci|add|update|upgrade|up|get|deps\.get|sync|lock|fetch|restore|download|publish|search|view|info|require|pull|push|init)|cargo\s(?:build|check)|go\s(?:get|install|mod\s\w{2,10})|(?:docker|podman|skopeo|crane)\s(?:image\s)?(?:pull|push|login|copy))(?=\s{0,4}(?:$|[;&|)])|\s{1,4}[^\s=])|(?:^|[\s;&|(/])yarn(?:\s{1,4}-\S{1,40}){0,4}\s{0,4}(?:$|[;&|)])/;

/** Lines that speak of packages or of where they come from. */
export const namesPackages =
  /\b(?:E40[134]|ENEEDAUTH|ERR_PNPM_\w{1,40}|YN\d{4}|NU\d{4}|npm (?:ERR!|error))\b|(?<![\w/.-])(?:packages?|registr(?:y|ies)|artifacts?|gems?|crates?|charts?|formula|snap|dependenc(?:y|ies)|distribution|specification|service index|manifests?|ResolveException|Could not (?:GET|HEAD))(?![\w/])|^go: |^E: |\/v2\/(?:["']|\S{1,200}\/(?:manifests|blobs|tags)\/)|\b(?:pypi|npmjs|crates|rubygems|packagist|pythonhosted|nuget|maven|docker)\.(?:org|io|com|dev)\b/i;

/** What a client said that a program or a person called itself: whom it asked is theirs to know. */
export const ofClient =
  /\bcurl: \(\d|\bwget: |^\d{4}-\d\d-\d\d [\d:]{8} ERROR [45]\d\d|\bAxiosError\b|\bClientResponseError\b/;
