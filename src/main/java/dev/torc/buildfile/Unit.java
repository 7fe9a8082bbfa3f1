package dev.torc.buildfile;

import dev.torc.bytes.ByteReader;
import dev.torc.syntax.Node.Entry;
import dev.torc.workflow.Job;
import dev.torc.workflow.WorkflowCodec;
import java.util.List;

/** One entry of {@code jobs}: a plain job, or a group that is not expanded yet. */
sealed interface Unit {

  /** Returns the name, unique among units. */
  String name();

  /**
   * Returns the job; of a group, one with wildcards for all values, which stands for all instances.
   */
  Job job();

  /**
   * A plain job as bytes: the records of 100 000 jobs need not be held.
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
   * @param axes at least one; none if they cannot be read, which was told already
   */
  record Many(String name, String key, Entry entry, List<Axis> axes, Job job) implements Unit {}
}
