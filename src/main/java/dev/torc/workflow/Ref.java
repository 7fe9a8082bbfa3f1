package dev.torc.workflow;

/** What an entry of {@code needs}, {@code produces} or {@code after} refers to. */
public sealed interface Ref {

  /** Where it is written. */
  Place place();

  /** A file, by normalized path. */
  record OfFile(Place place, String path) implements Ref {}

  /** A folder, by normalized path without the trailing slash. */
  record OfFolder(Place place, String path) implements Ref {}

  /** A pattern of {@code * ** ? [a-z] {a,b}} over normalized paths. */
  record OfGlob(Place place, String pattern) implements Ref {}

  /** A pattern or path whose matches are taken out of the globs and folders of the same list. */
  record Exclude(Place place, String pattern) implements Ref {}

  /** All products of a job; of a job without products, its manifest. */
  record OfJob(Place place, String job) implements Ref {}
}
