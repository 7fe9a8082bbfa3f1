package dev.torc.base.machine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/** The facts about the machine that people are told. */
@EnabledOnOs(value = OS.LINUX, disabledReason = "OSHI's part without native code knows Linux alone")
class MachineFactsTest {

  @Test
  void theyAgreeWithWhatTheKernelSays() throws Exception {
    MachineFacts facts = MachineFacts.here().orElseThrow();
    String total = Files.readAllLines(Path.of("/proc/meminfo")).getFirst();
    assertEquals(total, "MemTotal:%15d kB".formatted(facts.memory() / 1024));
    assertTrue(facts.free() > 0 && facts.free() <= facts.memory(), facts.toString());
    assertTrue(facts.cpus() >= Runtime.getRuntime().availableProcessors(), facts.toString());
    assertTrue(facts.system().startsWith("GNU/Linux "), facts.toString());
    assertFalse(facts.processor().isEmpty());
    assertEquals(List.of(), facts.unknown());
  }

  /** Without /proc or /sys, OSHI cannot start some of its classes. */
  @Test
  void aFactThatCannotBeReadIsNamedAndHidesNoOther() {
    List<String> unknown = new ArrayList<>();
    Supplier<String> missing =
        () -> {
          throw new ExceptionInInitializerError("no /sys");
        };
    assertEquals("", MachineFacts.fact("processor", missing, "", unknown));
    assertEquals(0L, MachineFacts.fact("memory", () -> 0L, 0L, unknown));
    assertEquals("Linux", MachineFacts.fact("system", () -> "Linux", "", unknown));
    assertEquals(List.of("processor", "memory"), unknown);
    MachineFacts facts = new MachineFacts("Linux", "", 0, 0, 0, List.of(), unknown);
    assertEquals("; Linux", facts.words());
  }
}
