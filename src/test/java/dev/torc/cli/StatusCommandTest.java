package dev.torc.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.torc.records.BuildLock;
import dev.torc.records.CachePlace;
import dev.torc.records.StartMarks;
import dev.torc.records.ThisHost;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StatusCommandTest {

  @TempDir Path cwd;
  private Folder folder;

  @BeforeEach
  void open() throws IOException {
    folder = new Folder(cwd).chain();
  }

  @Test
  void rule9WhatTheHolderOfTheLockStartedIsRunningAndNothingElseIs() throws IOException {
    folder.build();
    CachePlace place = CachePlace.find(cwd, Map.of(), ThisHost.system());
    try (StartMarks marks = StartMarks.begin(place, List.of())) {
      marks.add(new StartMarks.Mark("now", "second", 1));
      marks.add(new StartMarks.Mark("killed", "third", 1));
      try (BuildLock lock =
          BuildLock.tryAcquire(
                  place,
                  new BuildLock.Holder(ProcessHandle.current().pid(), "now", "torc build"),
                  false)
              .orElseThrow()) {
        String out = folder.run("status").out();
        assertTrue(
            out.contains(
                "at work: process "
                    + ProcessHandle.current().pid()
                    + ", torc build, runs second\n"),
            out);
        assertTrue(out.contains("will run:\n  third: was interrupted last time\n"), out);
        assertEquals("second is running\n", folder.run("why", "second").out());
        assertTrue(folder.run("list").out().contains("second  running "));
        assertTrue(lock != null);
      }
    }
    assertFalse(folder.run("status").out().contains("at work"));
  }

  @Test
  void whatTorcTakesIsToldWhereItIsMuch() throws IOException {
    folder.build();
    assertFalse(folder.run("status").out().contains(".torc takes"));
    Path kept = Files.createDirectories(cwd.resolve(".torc/kept/1"));
    try (RandomAccessFile large = new RandomAccessFile(kept.resolve("x").toFile(), "rw")) {
      large.setLength(3L << 30); // no byte of it is written
    }
    String out = folder.run("status").out();
    assertTrue(
        out.contains(
            "\n.torc takes 3.0 GiB, 3.0 GiB of it files that torc moved aside;"
                + " look at .torc/kept, and remove it\nlast build"),
        out);
  }
}
