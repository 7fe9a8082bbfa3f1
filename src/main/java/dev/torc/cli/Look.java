package dev.torc.cli;

import dev.torc.cache.Cache;
import dev.torc.hash.Digests;
import dev.torc.hash.FileClock;
import dev.torc.hash.StampSource;
import dev.torc.plan.Contents;
import dev.torc.plan.Decider;
import dev.torc.plan.Plan;
import dev.torc.plan.Records;
import dev.torc.plan.Selection;
import java.io.IOException;
import java.util.BitSet;
import java.util.Set;
import java.util.function.Consumer;

/**
 * A look at a project that changes nothing, waits for nobody and creates nothing (rule 10): what
 * {@code why}, {@code status}, {@code list} and a dry run see.
 */
final class Look implements AutoCloseable {

  private final Project project;
  private final Cache cache;
  private final Records records;
  private final Digests digests;
  private final Contents contents;
  private final Decider decider;

  private Look(Project project, Cache cache) {
    this.project = project;
    this.cache = cache;
    Set<String> interrupted = Running.of(project.place(), cache).interrupted();
    this.records = new Records(project.graph(), cache, interrupted);
    this.digests =
        new Digests(
            project.workflow().root(),
            StampSource.of(project.workflow().root().getFileSystem()),
            FileClock.none(),
            cache::stamp,
            (_, _) -> {});
    this.contents = new Contents(project.graph(), records, digests);
    this.decider = new Decider(project.graph(), records, contents, project.console().env());
  }

  /**
   * Opens the cache for looking.
   *
   * @param note takes a line where the cache cannot be used
   */
  static Look at(Project project, Consumer<String> note) {
    return new Look(project, Cache.look(project.place(), note));
  }

  /** The verdicts on the selected jobs. */
  Plan plan(Selection selection, boolean force) throws IOException {
    BitSet forced = force ? selection.named() : new BitSet();
    return Plan.of(project.graph(), records, decider, selection, forced);
  }

  Cache cache() {
    return cache;
  }

  Records records() {
    return records;
  }

  /** What the needs contain, as the verdicts saw it. */
  Contents contents() {
    return contents;
  }

  Digests digests() {
    return digests;
  }

  @Override
  public void close() {
    cache.close();
  }
}
