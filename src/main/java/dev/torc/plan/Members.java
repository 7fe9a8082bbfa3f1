package dev.torc.plan;

import dev.torc.cache.Entry;
import dev.torc.cache.Owned;
import dev.torc.hash.Digest;
import dev.torc.hash.FolderDigest;
import java.util.List;

/**
 * What a needed glob, folder or job holds at one moment.
 *
 * @param entries paths with their digests, sorted by path
 * @param digest of all entries
 * @param stale files that torc made, that no job declares any more and that stand unaltered where
 *     the glob or folder would match them: they do not count
 * @param folder what the folder was digested from, null unless it is a folder that stands there
 */
record Members(List<Entry> entries, Digest digest, List<Owned> stale, FolderDigest folder) {

  /** Digests the entries. */
  static Members of(List<Entry> entries, List<Owned> stale, FolderDigest folder) {
    ManifestHash hash = new ManifestHash();
    entries.forEach(entry -> hash.text(Line.of(entry.code()), entry.name(), entry.now()));
    return new Members(List.copyOf(entries), hash.digest(), List.copyOf(stale), folder);
  }
}
