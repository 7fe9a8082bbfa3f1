package dev.torc.core.decide;

import dev.torc.base.posix.Walk;
import dev.torc.core.decide.Reason.Kind;
import dev.torc.core.model.FolderAlias;
import dev.torc.core.model.Graph;
import dev.torc.core.model.NeedList;
import java.nio.file.Files;
import java.util.BitSet;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Finds the jobs that make what a needed glob or folder found through symlinks. Such a file belongs
 * to the maker of its real path. The graph knows the makers behind a symlink before the first
 * wildcard. A member that is a symlink itself, or a symlink that was made since, is found only in
 * the build: then the readers must already wait for the maker. One object serves one look at a
 * list, since jobs make symlinks.
 */
final class ListMakers {

  /** A need that leads to {@code real}, a product of a job that no edge names. */
  record Led(String path, String real, int maker) {

    /** Returns what a needed source leads to; null if no job makes that. */
    static Led of(Graph graph, String path) {
      String real = Walk.name(graph.workflow().root(), path);
      int maker = graph.makerOf(real);
      return maker < 0 || graph.isOpen(maker) ? null : new Led(path, real, maker);
    }

    /** Returns why a job that does not wait for the maker cannot run. */
    Reason refusal(Graph graph) {
      String why = "it is %s, a product of %s; need it by that name";
      return new Reason(Kind.NEED_UNREADABLE, path, "", why.formatted(real, graph.title(maker)));
    }
  }

  private final Graph graph;
  private final NeedList list;
  private final JobRecords records;
  private final List<Led> led;
  private final FolderAlias alias;
  private final boolean moved; // the graph may not have the makers

  /**
   * @param led gets what the members lead to
   */
  ListMakers(Graph graph, NeedList list, JobRecords records, List<Led> led, AtomicBoolean astray) {
    this.records = records;
    this.graph = graph;
    this.list = list;
    this.led = led;
    this.alias = FolderAlias.of(graph.workflow().root(), list.folder());
    this.moved = !Objects.equals(alias, list.alias());
    astray.compareAndSet(false, moved);
  }

  /**
   * Returns the name of a member for which torc knows a maker: the written name, or the real name
   * of its folder with its own.
   */
  String known(String path) {
    String real = real(path);
    if (real.equals(path)) {
      return path; // without a look into the records
    }
    boolean made = graph.makerOf(real) >= 0 || records.owned(real) != null;
    return made && graph.makerOf(path) < 0 ? real : path;
  }

  private String real(String path) {
    return alias == null ? path : alias.real(path);
  }

  /**
   * Notes to which other jobs' products a member leads. Returns whether the member itself is the
   * product of such a job.
   */
  boolean leads(String path, boolean link) {
    String real = real(path);
    String there = link ? Walk.name(graph.workflow().root(), path) : real;
    if (!there.equals(real)) {
      makers(there).stream().forEach(maker -> add(path, there, maker));
    }
    return moved && graph.makerOf(path) < 0 && add(path, real, graph.makerOf(real));
  }

  private boolean add(String path, String real, int maker) {
    boolean other = maker >= 0 && !graph.isOpen(maker) && !graph.makes(list, maker);
    if (other) {
      led.add(new Led(path, real, maker));
    }
    return other;
  }

  /** Returns the jobs that make something at a path or, if it is a folder, in it. */
  private BitSet makers(String path) {
    BitSet makers = new BitSet();
    int maker = graph.makerOf(path);
    if (Files.isDirectory(graph.workflow().root().resolve(path))) {
      makers = graph.makersBelow(path);
    } else if (maker >= 0) {
      makers.set(maker);
    }
    return makers;
  }
}
