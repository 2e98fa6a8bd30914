import { category, editor, manual, says, shell, variant } from './record.ts';

/** Merges, rebases, and what stands in their way. */
export const gitMergingPatterns = category('git', [
  {
    slug: 'git-merge-conflict',
    title: 'Changes contradict each other',
    severity: 'medium',
    priority: 7,
    signals: [
      says(/\bCONFLICT \([\w/ ]{1,40}\)|\bKONFLIKT \(|\bCONFLIT \(|\bCONFLICTO \(/),
      says(
        /\bAutomatic merge failed\b|\bMerge conflict in \S|\bcould not apply [0-9a-f]{7,40}\b|\bPatch failed at\b/,
        3,
      ),
      says(/^(?:abort: )?unresolved merge conflicts\b|\bremains in conflict\b/),
      says(/\bFailed to merge in the changes\b|^\s{1,8}both (?:modified|added):\s/, 3),
    ],
    exitCodes: [1],
    cause: 'Both sides changed the same lines.',
    fixes: [
      editor('open-merge-editor', 'Open the merge editor', 'safe', 'the merge editor', 'git ls-files -u is empty'),
      shell(
        'abort-merge',
        'Go back to before the merge',
        'destructive',
        'git merge --abort || git rebase --abort || git cherry-pick --abort',
        'git status',
      ),
    ],
    variants: [
      variant(/\bremains in conflict\b/, {
        fixes: [
          shell('list-svn-conflicts', 'See what is in conflict', 'safe', 'svn status'),
          manual('resolve-svn', 'Settle each file', 'edit it, then say so: svn resolve --accept working'),
        ],
      }),
      variant(/^(?:abort: )?unresolved merge conflicts\b/, {
        fixes: [
          shell('list-hg-conflicts', 'See what is in conflict', 'safe', 'hg resolve --list'),
          manual('resolve-hg', 'Settle each file', 'edit it, then say so: hg resolve --mark'),
        ],
      }),
    ],
    docs: 'https://git-scm.com/docs/git-merge#_how_to_resolve_conflicts',
  },
  {
    slug: 'patch-does-not-apply',
    title: 'The patch does not fit the files',
    severity: 'low',
    priority: 6,
    signals: [
      says(/\bpatch does not apply\b|^error: patch failed: (?<path>[^:]{1,300}):\d/),
      says(
        /^Hunk #\d{1,4} FAILED at \d|^\d{1,4} out of \d{1,4} hunks? (?:FAILED|failed)\b|\bonly garbage was found in the patch input\b/,
      ),
      says(
        /^error: corrupt patch at line \d|\bFailed to apply patch for package\b|^error: [^:]{1,300}: does not exist in index$/,
        3,
      ),
    ],
    vetoes: [/\bCONFLICT \(/],
    exitCodes: [1, 128],
    cause: 'The patch was made for another state of the files, or was applied already.',
    fixes: [
      shell(
        'show-place',
        'Show how the file stands[: {path}]',
        'safe',
        'git log --oneline -5 -- {path}; git status --short {path}',
      ),
      shell('show-changes', 'Show what is changed here', 'safe', 'git status --short; git log --oneline -5'),
      manual(
        'merge-patch',
        'Apply it three-way',
        'git apply --3way leaves conflicts to be resolved instead of refusing',
      ),
    ],
    docs: 'https://git-scm.com/docs/git-apply',
  },
  {
    slug: 'merge-conflict-markers',
    title: 'There are conflict markers in a file',
    severity: 'low',
    priority: 9,
    signals: [
      says(/<{7} (?:HEAD|Updated|ours|\w)/),
      says(
        /\bMerge conflict marker encountered\b|\bconflict markers?\b.{0,60}\b(?:found|present|detected|unresolved)|\bencountered (?:diff|merge conflict) marker\b|\bversion control conflict marker\b/i,
      ),
      says(/\bMerge conflict detected in your \S{1,40}\.json\b/),
    ],
    vetoes: [/\bCONFLICT \(/],
    cause: 'A merge was not finished.',
    fixes: [editor('open-conflict', 'Open the file', 'safe', 'the first <<<<<<< in it', 'no markers are left')],
    docs: 'https://git-scm.com/docs/git-merge#_how_conflicts_are_presented',
  },
  {
    slug: 'git-local-changes-block',
    title: 'Your changes would be overwritten',
    severity: 'low',
    priority: 7,
    signals: [
      says(
        /\bwould be overwritten by (?:checkout|merge|reset|rebase|cherry-pick|revert)\b|\bcannot (?:pull with rebase|rebase): You have unstaged changes\b|\bYour index contains uncommitted changes\b|\bPlease commit your changes or stash them\b/,
      ),
      says(
        /\bPlease commit or stash them\b|^abort: uncommitted changes\b|\bnot uptodate\. Cannot merge\b|\bcontains modified or untracked files, use --force to delete\b/,
      ),
    ],
    exitCodes: [1],
    cause: 'There are changes that are not committed.',
    fixes: [shell('stash', 'Put them aside', 'confirm', 'git stash push --include-untracked', 'git status is clean')],
    docs: 'https://git-scm.com/docs/git-stash',
  },
  {
    slug: 'git-operation-in-progress',
    title: 'A rebase, merge or cherry-pick is not finished',
    severity: 'low',
    priority: 7,
    signals: [
      says(
        /\balready a rebase-(?:merge|apply) directory\b|\brebase in progress\b|\bin the middle of (?:another|an?) (?:rebase|merge|cherry-pick|am)\b|\bYou have not concluded your (?:merge|cherry-pick)\b|\b(?:Committing|Pulling|Merging|Cherry-picking|Reverting|Rebasing) is not possible because you have unmerged files\b|\bExiting because of (?:an )?(?:unresolved conflict|unfinished merge)\b|\bno (?:cherry-pick|rebase|merge|revert)[\w -]{0,20} in progress\b|\byou need to resolve your current index first\b/i,
      ),
      says(
        /\bcannot switch branch while (?:rebasing|merging|cherry-picking|bisecting|reverting)\b|\bis already in progress$|\bcannot do a partial commit during a merge\b|\bprevious rebase directory .{1,200} still exists\b/,
      ),
    ],
    exitCodes: [128, 1],
    cause: 'It was interrupted.',
    fixes: [
      shell('show-status', 'See where it stands', 'safe', 'git status'),
      shell(
        'continue-operation',
        'Go on with it',
        'confirm',
        // Nobody sits at the editor that git would open for a message.
        'env GIT_EDITOR=true git rebase --continue || env GIT_EDITOR=true git merge --continue || env GIT_EDITOR=true git cherry-pick --continue',
        'git status',
      ),
      shell(
        'abort-operation',
        'Go back to before it',
        'destructive',
        'git rebase --abort || git merge --abort || git cherry-pick --abort',
        'git status',
      ),
    ],
    docs: 'https://git-scm.com/docs/git-rebase',
  },
]);
