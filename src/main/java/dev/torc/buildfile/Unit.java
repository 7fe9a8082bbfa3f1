package dev.torc.buildfile;

import dev.torc.bytes.ByteReader;
import dev.torc.syntax.Node;
import dev.torc.workflow.Job;
import dev.torc.workflow.WorkflowCodec;
import java.util.List;

/** One entry of {@code jobs}: a plain job, or a group that is not expanded yet. */
sealed interface Unit {

  /** The name, unique among units. */
  String name();

  /** The job; of a group, with wildcards for all values, so that it tells what could be. */
  Job job();

  /**
   * A plain job, as bytes: of 100 000 of them the records need not be held.
   *
   * @param packed as the codec wrote it; not to be changed
   */
  record Single(WorkflowCodec codec, byte[] packed) implements Unit {
    @Override
    public String name() {
      return codec.name(new ByteReader(packed, 0));
    }

    @Override
    public Job job() {
      return codec.job(new ByteReader(packed, 0));
    }
  }

  /**
   * A group.
   *
   * @param key the name as written
   * @param entry the job as written
   * @param axes at least one; none where they cannot be read, which was told
   */
  record Many(String name, String key, Node.Entry entry, List<Axis> axes, Job job)
      implements Unit {}
}
