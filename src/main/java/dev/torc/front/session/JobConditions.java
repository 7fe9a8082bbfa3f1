package dev.torc.front.session;

import dev.torc.base.digests.DigestMemo;
import dev.torc.core.decide.Condition;
import dev.torc.core.model.Job;
import dev.torc.features.intents.Frozen;
import dev.torc.features.intents.KeptFailures;
import dev.torc.features.intents.MaxAge;
import java.util.ArrayList;
import java.util.List;

/**
 * The conditions of a command. Those that a key of the build file asks for are made when the first
 * job with such a key is decided, so that other projects load none of them.
 */
final class JobConditions implements Condition.Conditions {

  private final List<Condition> ofAll = new ArrayList<>(0);
  private List<Condition> withKeys;

  private final DigestMemo digests;

  JobConditions(boolean keepsFailed, DigestMemo digests) {
    this.digests = digests;
    if (keepsFailed) {
      ofAll.add(new KeptFailures());
    }
  }

  @Override
  public List<Condition> of(Job job) {
    if (job.conditions().isEmpty()) {
      return ofAll;
    } else if (withKeys == null) {
      withKeys = new ArrayList<>(ofAll);
      withKeys.add(new MaxAge());
      withKeys.add(new Frozen(digests));
    }
    return withKeys;
  }
}
