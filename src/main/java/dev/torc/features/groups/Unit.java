package dev.torc.features.groups;

import dev.torc.base.bytes.ByteReader;
import dev.torc.base.syntax.Node.Entry;
import dev.torc.core.model.Job;
import dev.torc.core.model.WorkflowCodec;
import java.util.List;

/** One entry of {@code jobs}: a plain job, or a group that is not expanded yet. */
public sealed interface Unit {

  String name();

  /**
   * Returns the job; for a group, one with wildcards for all values, which stands for all
   * instances.
   */
  Job job();

  /**
   * A plain job as packed bytes, because the records of 100 000 jobs would take too much memory.
   * The bytes must not be modified.
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

  /** A group; it has no axes only after an error, which was reported already. */
  record Many(
      String name,
      String key,
      Entry entry,
      List<Axis> axes,
      InstanceRules rules,
      Job job,
      InstanceReader reader)
      implements Unit {}
}
