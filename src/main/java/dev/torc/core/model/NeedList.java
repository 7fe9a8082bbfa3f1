package dev.torc.core.model;

import dev.torc.base.bytes.ByteReader;
import dev.torc.base.bytes.ByteWriter;
import dev.torc.base.syntax.Excludes;
import dev.torc.base.syntax.Glob;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.function.Predicate;
import java.util.function.ToIntFunction;

/**
 * A need that stands for many files: a glob, a folder, or all products of some jobs. Readers with
 * equal lists share one object, so its members are collected and hashed once.
 *
 * @param excludes patterns whose matches are excluded
 * @param reader the job or group whose own products are excluded; null if it makes no members
 * @param makers for JOB and SOME, the named jobs; else the jobs whose declared products may be
 *     members, without the reader and without jobs that make only excluded paths. Groups that are
 *     not expanded yet are included. Sorted in the order of the graph.
 * @param awaited the node that readers wait for; -1 if none. A SOME list never shares its node.
 */
public record NeedList(
    ListKind kind,
    Naming names,
    List<Glob> excludes,
    String reader,
    List<Integer> makers,
    int awaited) {

  /**
   * The name of a list.
   *
   * @param text the pattern, the folder (without a slash), or the job, group or part of a group
   * @param glob the compiled pattern, null unless the kind is GLOB
   * @param alias the real name of the folder before the first wildcard, if it had another one when
   *     the graph was derived; else null
   * @param rows whether the products of jobs are in the order of the build file
   * @param product the name of the only products that are meant; null for all
   */
  public record Naming(String text, Glob glob, FolderAlias alias, boolean rows, String product) {

    public Naming(String text, Glob glob, FolderAlias alias) {
      this(text, glob, alias, false, null);
    }
  }

  public enum ListKind {
    GLOB,
    FOLDER,
    JOB, // all products of a job, group or part of one
    /** All products of a group or part of one, except those of failed or blocked instances. */
    SOME;

    boolean ofJobs() {
      return this == JOB || this == SOME;
    }
  }

  /** Returns whether the list names jobs: its members are their products. */
  public boolean ofJobs() {
    return kind.ofJobs();
  }

  public String text() {
    return names.text;
  }

  public Glob glob() {
    return names.glob;
  }

  public boolean rows() {
    return names.rows;
  }

  /** Returns the name of the only products that a list of jobs takes; null for all. */
  public String product() {
    return names.product;
  }

  /** Returns whether a list of jobs takes a product, as declared or made, of one of its makers. */
  public boolean takes(Job maker, String made) {
    return product() == null || Job.refs(maker.products(product())).stream().anyMatch(in(made));
  }

  private static Predicate<Ref> in(String made) {
    return ref ->
        ref.text().equals(made)
            || ref instanceof Ref.OfFolder folder && folder.path().equals(made)
            || ref instanceof Ref.OfMany many && many.holds(made);
  }

  /**
   * Returns the makers in the order of the list's members; {@code index} is {@link Graph#index}.
   */
  public List<Integer> inOrder(ToIntFunction<Integer> index) {
    return rows() ? makers.stream().sorted(Comparator.comparingInt(index)).toList() : makers;
  }

  /** Returns the folder of a needed glob or folder that no wildcard names. */
  public String folder() {
    return glob() == null ? text() : glob().fixedPrefix();
  }

  public FolderAlias alias() {
    return names.alias;
  }

  NeedList with(List<Integer> others) {
    return others == makers ? this : new NeedList(kind, names, excludes, reader, others, awaited);
  }

  /** Returns the need as written, for messages. */
  public String written() {
    return switch (kind) {
      case GLOB -> text();
      case FOLDER -> text() + "/";
      case JOB, SOME -> Ref.OfJob.text(text(), product(), kind == ListKind.SOME, rows());
    };
  }

  /** Returns whether the glob or folder matches a written or real path, excluded or not. */
  public boolean covers(String path) {
    return coversName(path) || alias() != null && coversName(alias().written(path));
  }

  private boolean coversName(String path) {
    return switch (kind) {
      case GLOB -> glob().matches(path);
      case FOLDER -> text().equals(".") || path.startsWith(text() + "/");
      case JOB, SOME -> false;
    };
  }

  public boolean excludes(String path) {
    return Excludes.path(excludes, path) || alias() != null && Excludes.path(excludes, named(path));
  }

  /** Returns the name by which the list has a path that may be a real one. */
  public String named(String path) {
    return alias() == null || coversName(path) ? path : alias().written(path);
  }

  /** Returns whether a needed folder is a given one, or lies in it. */
  public boolean liesIn(String folder) {
    String real = alias() == null ? text() : alias().real(text());
    return (text() + "/").startsWith(folder + "/") || (real + "/").startsWith(folder + "/");
  }

  /** Returns whether the glob or folder may match a path that the pattern matches. */
  public boolean overlaps(Glob other) {
    return patterns().stream().anyMatch(other::overlaps);
  }

  /** Returns the patterns of members by their written names and, if they differ, real names. */
  List<Glob> patterns() {
    if (ofJobs()) {
      return List.of();
    }
    Glob own = glob() == null ? ProductIndex.inside(text()) : glob();
    return alias() == null ? List.of(own) : List.of(own, alias().real(own));
  }

  void write(ByteWriter out) {
    out.one(kind.ordinal());
    out.text(text());
    out.list(excludes, (each, exclude) -> each.text(exclude.toString()));
    out.text(reader);
    out.ints(makers.stream().mapToInt(maker -> maker).toArray());
    out.number(awaited);
    out.text(alias() == null ? null : alias().written());
    out.text(alias() == null ? null : alias().real());
    out.flag(rows());
    out.text(product());
  }

  static NeedList read(ByteReader in) {
    ListKind kind = ListKind.values()[in.one()];
    String text = in.text();
    List<Glob> excludes = in.list(from -> Glob.of(from.text()));
    String reader = in.text();
    List<Integer> makers = Arrays.stream(in.ints()).boxed().toList();
    int awaited = (int) in.number();
    FolderAlias alias = new FolderAlias(in.text(), in.text());
    alias = alias.written() == null ? null : alias;
    Naming names = new Naming(text, glob(kind, text), alias, in.flag(), in.text());
    return new NeedList(kind, names, excludes, reader, makers, awaited);
  }

  static Glob glob(ListKind kind, String text) {
    return kind == ListKind.GLOB ? Glob.of(text) : null;
  }
}
