package dev.torc.base.machine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Optional;
import org.junit.jupiter.api.Test;

class MakeflagsTest {

  @Test
  void theLastJobserverCounts() {
    assertEquals(Optional.empty(), Makeflags.jobserver(""));
    assertEquals(Optional.empty(), Makeflags.jobserver("k -j3"));
    assertEquals(Optional.of("3,4"), Makeflags.jobserver(" -j3 --jobserver-auth=3,4"));
    assertEquals(Optional.of("5,6"), Makeflags.jobserver("k --jobserver-fds=5,6 -j"));
    assertEquals(
        Optional.of("fifo:/tmp/GMfifo7"),
        Makeflags.jobserver(" -j3 --jobserver-auth=3,4 --jobserver-auth=fifo:/tmp/GMfifo7"));
    assertEquals(
        Optional.of("fifo:/a b/c"), Makeflags.jobserver(" --jobserver-auth=fifo:/a\\ b/c -k"));
    assertEquals(
        Optional.empty(), Makeflags.jobserver(" -j -- X=a --jobserver-auth=3,4"), "a variable");
  }

  @Test
  void jobsGetTheFlagsWithoutJobserver() {
    assertEquals("", Makeflags.withoutJobserver(""));
    assertEquals("", Makeflags.withoutJobserver(" -j3 --jobserver-auth=3,4"));
    assertEquals(
        "ks --no-print-directory -Iinc -- J=-j3 X=a\\ b",
        Makeflags.withoutJobserver(
            "ks -j3 --jobserver-auth=fifo:/a\\ b --no-print-directory --jobserver-style=fifo"
                + " -Iinc -- J=-j3 X=a\\ b"));
    assertEquals("k", Makeflags.withoutJobserver("k --jobserver-fds=3,4 -j --jobs=3 --jobs"));
    assertEquals(" --jobs-are-fun -jx", Makeflags.withoutJobserver(" --jobs-are-fun -jx"));
  }

  @Test
  void dryRunIsToldByItsLetterOrItsNames() {
    for (String yes :
        new String[] {
          "n", "kn -j3 --jobserver-auth=3,4", " -n", "--just-print", "k --dry-run", "--recon", "-kn"
        }) {
      assertTrue(Makeflags.isDryRun(yes), yes);
    }
    for (String no :
        new String[] {
          "",
          "k -j3",
          " --no-print-directory",
          " -- n=n",
          "X=n",
          "w -- MAKEFLAGS=n --dry-run",
          " -Inn",
          " -Oline",
          "k n"
        }) {
      assertFalse(Makeflags.isDryRun(no), no);
    }
  }
}
