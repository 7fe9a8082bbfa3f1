package dev.torc.plan;

import dev.torc.workflow.Ref;

/**
 * Where a manifest gets the contents of needs from: what stands there now ({@link Contents}), or
 * what stood there when a job started ({@link Snapshot}).
 */
interface Needs {

  /** What a needed path contains. */
  ManifestWriter.Content of(String path);

  /** What a needed glob, folder or job contains, as one digest of its members. */
  ManifestWriter.Content ofList(int list);

  /** A needed value. */
  ManifestWriter.Content ofData(Ref.OfData value);
}
