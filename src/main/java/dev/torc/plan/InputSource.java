package dev.torc.plan;

import dev.torc.workflow.Ref;
import java.util.Optional;

/**
 * The one door from a manifest to all that the build file does not say. Behind it is what stands
 * there now ({@link NeedContents}), what stood there when a job started ({@link NeedSnapshot}), or
 * nothing but the note of what was asked for ({@link Footprint}).
 */
interface InputSource {

  /** What a needed path contains. */
  ManifestWriter.Content of(String path);

  /** What a needed glob, folder or job contains, as one digest of its members. */
  ManifestWriter.Content ofList(int list);

  /** A needed value. */
  ManifestWriter.Content ofData(Ref.OfData value);

  /** The caller's value of a variable that is declared without one; empty where it is not set. */
  Optional<String> ofVariable(String name);
}
