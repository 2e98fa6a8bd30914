import { createReadStream, type Stats, statSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { sendEmpty, sendError, sendText } from './http.ts';

/**
 * `GET /files/download`, with the quirks of the real one: a cgroup file comes back empty with status 200,
 * a file of `/proc` is refused with 500, because the size that `stat` tells is believed.
 */
export function sendDownload(request: IncomingMessage, response: ServerResponse, url: URL): void {
  const path = url.searchParams.get('path');
  if (path === null || path === '') {
    sendError(response, 400, 'MISSING_QUERY', "missing query parameter 'path'");
    return;
  }
  let stats: Stats;
  try {
    stats = statSync(path);
  } catch {
    sendError(response, 404, 'FILE_NOT_FOUND', `file not found. stat ${path}: no such file or directory`);
    return;
  }
  if (path.startsWith('/proc/')) sendText(response, 500, "seeker can't seek\n");
  else if (path.startsWith('/sys/')) sendEmpty(response, 200);
  else {
    const range = /^bytes=(\d+)-(\d*)$/.exec(request.headers.range ?? '');
    const start = range === null ? 0 : Number(range[1]);
    const end = range === null || range[2] === '' ? stats.size - 1 : Math.min(Number(range[2]), stats.size - 1);
    response.writeHead(range === null ? 200 : 206, {
      'Content-Type': 'application/octet-stream',
      'Content-Length': Math.max(0, end - start + 1),
      ...(range === null ? {} : { 'Content-Range': `bytes ${start}-${end}/${stats.size}` }),
    });
    if (stats.size === 0) response.end();
    else
      createReadStream(path, { start, end })
        .on('error', () => response.destroy())
        .pipe(response);
  }
}
