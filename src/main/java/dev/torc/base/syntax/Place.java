package dev.torc.base.syntax;

/**
 * A position in a build file, for messages. Line and column count from 1; 0 stands for the whole
 * file or the command line.
 */
public record Place(String file, int line, int column) implements Comparable<Place> {

  /** A place on the command line, which has no file. */
  public static final Place NONE = new Place("", 0, 0);

  /** Compares without lambdas, because each lambda is linked again at every start. */
  @Override
  public int compareTo(Place other) {
    int order = file.compareTo(other.file);
    order = order != 0 ? order : Integer.compare(line, other.line);
    return order != 0 ? order : Integer.compare(column, other.column);
  }

  @Override
  public String toString() {
    return line == 0 ? file : file + ":" + line + ":" + column;
  }
}
