package dev.torc.plan;

import dev.torc.workflow.Job.Tool;
import dev.torc.workflow.Ref;
import dev.torc.workflow.Step.Image;
import java.util.Optional;

/**
 * All that a manifest asks for beside the build file, and the only way to it. The answer is what is
 * there now ({@link NeedContents}) or what was there when a job started ({@link NeedSnapshot});
 * {@link Footprint} answers nothing, and notes what was asked for.
 */
interface InputSource {

  /** What a needed path contains. */
  ManifestWriter.Content of(String path);

  /** What a needed glob, folder or job contains, as one digest of its members. */
  ManifestWriter.Content ofList(int list);

  /** The jobs that a list leaves out, for people only; null where there is none. */
  LeftOut leftOut(int list);

  /** A needed value. */
  ManifestWriter.Content ofData(Ref.OfData value);

  /** What a program contains that no job makes. */
  ManifestWriter.Content ofTool(Tool tool);

  /**
   * Which image a step of a job runs in.
   *
   * @param step its number, as the manifest has it
   */
  ImageIdentity ofImage(int job, String step, Image image);

  /** The caller's value of a variable that is declared without one; empty where it is not set. */
  Optional<String> ofVariable(String name);
}
