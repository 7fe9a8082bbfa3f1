package dev.torc.front.project;

import dev.torc.base.digests.Digest;
import dev.torc.base.digests.DigestMemo;
import dev.torc.base.digests.StampSource;
import dev.torc.base.syntax.BadInput;
import dev.torc.core.decide.Expander;
import dev.torc.core.memory.CachePlace;
import dev.torc.core.model.Graph;
import dev.torc.core.model.ResultSource;
import dev.torc.core.model.Workflow;
import dev.torc.features.packages.BrokenPackages;
import dev.torc.features.packages.MadeFiles;
import dev.torc.features.packages.UnchangedPackages;
import dev.torc.front.buildfile.ParsedBuildFile;
import dev.torc.front.project.GraphFile.FilesRead;
import java.io.IOException;

/**
 * The build files of a project. They are read only when they are needed, so never if the graph of
 * the last build can be reused. {@link ParsedBuildFile} reads them, {@link GraphFile} stores the
 * graph.
 */
public final class BuildFiles implements Expander.Source {

  final GraphFile.Inputs origin;
  public final StampSource stamps; // without the rules of the build files
  private final byte[] input;
  private final GraphFile last;
  private final Heap heap;
  final GraphFile reused; // the last one if it is usable, else null
  private final MadeFiles made;
  UnchangedPackages unchanged; // null until build files are read
  private ParsedBuildFile parsed;
  private BrokenPackages broken; // set if a package could not be read
  private BadInput refused;

  /**
   * @param input the build file from standard input, null for none: its graph is not stored
   * @param last the graph of the last build, null for none
   */
  BuildFiles(GraphFile.Inputs origin, StampSource stamps, byte[] input, GraphFile last, Heap heap) {
    this.origin = origin;
    this.stamps = stamps;
    this.input = input;
    this.last = last;
    this.heap = heap;
    this.made = new MadeFiles(last == null ? null : last.graph());
    this.reused = last != null && last.good() && input == null ? last : null;
  }

  /** Expands the build files as {@link #expand} does, and reads all of them. */
  private Workflow expandAll(ResultSource found) throws IOException {
    unchanged = UnchangedPackages.NONE;
    return expand(found);
  }

  /** Returns the graph file of the last build, even if build files have changed; null for none. */
  public GraphFile last() {
    return last;
  }

  @Override
  public Workflow expand(ResultSource found) throws IOException {
    if (parsed != null) {
      return parsed.expand(found);
    }
    if (unchanged == null) {
      boolean none = last == null || reused != null || input != null;
      unchanged = none ? UnchangedPackages.NONE : last.unchanged(origin, stamps);
    }
    try {
      ParsedBuildFile all =
          ParsedBuildFile.read(origin.files(), input, origin.over(), made, unchanged);
      heap.phaseEnded();
      Workflow first = all.expand(found);
      if (!unchanged.hold(first)) {
        return expandAll(found);
      }
      parsed = all;
      return first;
    } catch (BadInput bad) {
      if (unchanged != UnchangedPackages.NONE) {
        return expandAll(found);
      }
      if (passesOver(bad)) {
        return expand(found);
      }
      broken = new BrokenPackages(last == null ? null : last.graph(), made, UnchangedPackages.NONE);
      try {
        parsed = ParsedBuildFile.readBeside(origin.files(), input, origin.over(), broken);
      } catch (BadInput alike) {
        throw bad;
      }
      refused = bad;
      return parsed.expand(found);
    }
  }

  /** Returns whether files that jobs make are not read from now on, since an error is in them. */
  boolean passesOver(BadInput bad) {
    boolean more = made.refuse(bad);
    parsed = more ? null : parsed;
    return more;
  }

  /** Returns the build files that jobs make; all are read if a graph is reused. */
  public MadeFiles made() {
    return made;
  }

  /** Returns the refusal of packages that are in error; null if there are none. */
  BadInput refused() {
    return refused;
  }

  /** Returns the packages that {@link #refused} is about. */
  BrokenPackages broken() {
    return broken;
  }

  /**
   * Stores a graph for the next build and returns its id; null if the next build could not find out
   * whether it has the same graph.
   */
  public Digest store(CachePlace place, Graph graph, DigestMemo digests) throws IOException {
    if (reused != null && graph == reused.graph()) {
      return reused.id();
    }
    if (!isKept(graph)) {
      return null;
    }
    Digest id =
        GraphFile.write(
            place.graph(), origin, graph, parsed.deciders(), parsed.sources(), last, digests);
    place.giveRecords(place.graph());
    return id;
  }

  private boolean isKept(Graph graph) {
    return input == null
        && refused == null
        && graph.workflow().settings().isAllRead()
        && parsed.deciders().complete()
        && graph.isWhole();
  }

  /** Returns whether a graph differs from that of the last build; false if none is stored. */
  public boolean isNew(Graph graph) {
    return reused == null && isKept(graph);
  }

  /** Returns the files that the graph was made from. */
  public FilesRead read() {
    return parsed == null
        ? reused.read()
        : new FilesRead(parsed.sources(), parsed.deciders().files());
  }
}
