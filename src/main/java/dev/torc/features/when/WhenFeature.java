package dev.torc.features.when;

import dev.torc.core.model.Extra;
import dev.torc.core.model.Job;
import dev.torc.core.model.Template;
import dev.torc.features.Feature;
import dev.torc.features.reading.LinkedJob;
import dev.torc.features.reading.Scope;

/**
 * The key {@code when}: a job carries the condition that does not hold, and no build runs it.
 * {@link LeftOutJobs} decides what becomes of its readers.
 */
public final class WhenFeature implements Feature {

  @Override
  public Job read(String key, Keys keys, Job read) {
    String[] lack = new String[1];
    Scope scope = keys.fields().scope();
    keys.fields()
        .problems()
        .guard(() -> lack[0] = keys.of().lack().apply(keys.fields().map().get(key), scope));
    return lack[0] == null ? read : LinkedJob.with(read, key, new Extra(Template.of(lack[0])));
  }
}
