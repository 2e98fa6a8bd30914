/**
 * The document of a dashboard page: one script, one stylesheet, no inline anything, no network. What it shows comes in messages.
 * @param cspSource where the editor serves files of the extension from.
 */
export const pageHtml = (options: {
  readonly script: string;
  readonly style: string;
  readonly cspSource: string;
  readonly nonce: string;
}): string => `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="UTF-8">
<meta http-equiv="Content-Security-Policy" content="${contentSecurityPolicy(options.cspSource, options.nonce)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Sandbox Foresight</title>
<link rel="stylesheet" nonce="${options.nonce}" href="${options.style}">
</head>
<body>
<main id="page"></main>
<script nonce="${options.nonce}" src="${options.script}"></script>
</body>
</html>
`;

/** Nothing is allowed but the one script and the one stylesheet. The chart library places its parts through the style object, which needs no permission. */
export const contentSecurityPolicy = (cspSource: string, nonce: string): string =>
  `default-src 'none'; style-src ${cspSource} 'nonce-${nonce}'; script-src 'nonce-${nonce}'; base-uri 'none'; form-action 'none'`;
