package dev.torc.front.session;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.torc.base.machine.MachineFacts;
import dev.torc.core.memory.BuildRecord;
import dev.torc.core.memory.BuildRecord.BuildEnd;
import dev.torc.core.memory.BuildRecord.BuildId;
import dev.torc.core.memory.BuildRecord.StoreUse;
import dev.torc.front.project.Caller.BuildMachine;
import dev.torc.front.project.Caller.Host;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** The words for the machine of a build: more of this machine, and none where none are recorded. */
class BuildMachineTest {

  private static BuildRecord build(String machine) {
    return new BuildRecord(
        new BuildId("b", 1),
        1,
        new TreeMap<>(),
        new BuildRecord.Said(List.of(), null, null),
        new BuildEnd(1, 0, machine, StoreUse.NONE));
  }

  @Test
  void unrecordedFactsAreToldOfThisMachineAlone() {
    Host host = Host.of(Map.of());
    BuildMachine machine = new BuildMachine(host);
    String here = BuildMachine.here(host, host.limits().get());
    assertTrue(here.matches("\\S+: .+, \\d+ cpus?, .+ of memory"), here);
    String more = MachineFacts.here().map(MachineFacts::processor).orElse("");
    String told = machine.of(build(here));
    assertTrue(told.startsWith(here) && told.contains(more), told);
    assertEquals("elsewhere: Linux", machine.of(build("elsewhere: Linux")));
    assertNull(machine.of(build(null)));
  }
}
