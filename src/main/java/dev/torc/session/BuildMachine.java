package dev.torc.session;

import dev.torc.machine.Limits;
import dev.torc.machine.MachineFacts;
import dev.torc.posix.SystemName;
import dev.torc.records.BuildRecord;
import dev.torc.session.Caller.Host;
import dev.torc.text.Amount;

/**
 * The machine on which torc ran a build, in words. A build records what costs nothing to find out;
 * what OSHI knows beside it is told where the machine is still this one.
 */
public final class BuildMachine {

  private final String here;
  private String more;

  /** As the builds of this host have it. */
  public BuildMachine(Host host) {
    this.here = here(host, host.limits().get());
  }

  /** {@code login1: Linux x86_64 glibc 2.36, 2 cpus, 7.8 GiB of memory}. */
  static String here(Host host, Limits limits) {
    String cpus = Amount.count(limits.cpus(), "cpu");
    String memory = Amount.size(limits.memory()) + " of memory";
    return host.here().name() + ": " + SystemName.here() + ", " + cpus + ", " + memory;
  }

  /** That of a build; null where it is not on record. */
  public String of(BuildRecord build) {
    if (!here.equals(build.machine())) {
      return build.machine();
    }
    if (more == null) {
      more = MachineFacts.here().map(it -> "; " + it.processor() + ", " + it.system()).orElse("");
    }
    return here + more;
  }
}
