package dev.torc.core.model;

import dev.torc.base.bytes.ByteReader;
import dev.torc.base.bytes.ByteWriter;
import dev.torc.base.syntax.Excludes;
import dev.torc.base.syntax.Glob;
import java.util.Arrays;
import java.util.List;

/**
 * A need that stands for many files: a glob, a folder, or all products of some jobs. Readers with
 * equal lists share one object, so its members are collected and hashed once.
 *
 * @param text the pattern, the folder (without a slash), or the job, group or part of a group
 * @param glob the compiled pattern, null unless the kind is GLOB
 * @param excludes patterns whose matches are excluded
 * @param reader the job or group whose own products are excluded; null if it makes no members
 * @param makers for JOB and SOME, the named jobs; else the jobs whose declared products may be
 *     members, without the reader and without jobs that make only excluded paths. Groups that are
 *     not expanded yet are included. Sorted in the order of the graph.
 * @param awaited the node that readers wait for; -1 if none. A SOME list never shares its node.
 */
public record NeedList(
    ListKind kind,
    String text,
    Glob glob,
    List<Glob> excludes,
    String reader,
    List<Integer> makers,
    int awaited) {

  public enum ListKind {
    GLOB,
    FOLDER,
    JOB, // all products of a job, group or part of one
    /** All products of a group or part of one, except those of failed or blocked instances. */
    SOME
  }

  /** Returns whether the list names jobs: its members are their products. */
  public boolean ofJobs() {
    return kind == ListKind.JOB || kind == ListKind.SOME;
  }

  NeedList with(List<Integer> others) {
    return others == makers
        ? this
        : new NeedList(kind, text, glob, excludes, reader, others, awaited);
  }

  /** Returns the need as written, for messages. */
  public String written() {
    return switch (kind) {
      case GLOB -> text;
      case FOLDER -> text + "/";
      case JOB -> "job " + text;
      case SOME -> "job " + text + Ref.OfJob.SKIPS;
    };
  }

  /**
   * Returns whether the glob or folder matches a path, even if {@link #excludes} removes the path.
   */
  public boolean covers(String path) {
    return switch (kind) {
      case GLOB -> glob.matches(path);
      case FOLDER -> text.equals(".") || path.startsWith(text + "/");
      case JOB, SOME -> false;
    };
  }

  public boolean excludes(String path) {
    return Excludes.path(excludes, path);
  }

  void write(ByteWriter out) {
    out.one(kind.ordinal());
    out.text(text);
    out.list(excludes, (each, exclude) -> each.text(exclude.toString()));
    out.text(reader);
    out.ints(makers.stream().mapToInt(maker -> maker).toArray());
    out.number(awaited);
  }

  static NeedList read(ByteReader in) {
    ListKind kind = ListKind.values()[in.one()];
    String text = in.text();
    List<Glob> excludes = in.list(from -> Glob.of(from.text()));
    String reader = in.text();
    List<Integer> makers = Arrays.stream(in.ints()).boxed().toList();
    return new NeedList(kind, text, glob(kind, text), excludes, reader, makers, (int) in.number());
  }

  static Glob glob(ListKind kind, String text) {
    return kind == ListKind.GLOB ? Glob.of(text) : null;
  }
}
