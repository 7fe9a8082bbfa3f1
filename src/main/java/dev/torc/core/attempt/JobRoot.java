package dev.torc.core.attempt;

import java.io.IOException;
import java.nio.file.Path;

/**
 * Where an attempt finds the files of the root, if it runs in another folder that stands for the
 * root. {@link LaunchBuilder} writes the paths that the job gets; an {@link AttemptPart} decides.
 */
public interface JobRoot {

  /** Returns where the job finds an absolute path; the root's is the folder that stands for it. */
  Path of(Path file);

  /** Returns the variable by which the job finds the folder that stands for the root. */
  String variable();

  /** Returns the path for which {@link #of} gives this one; itself if it is not in that folder. */
  Path source(Path made);

  /** Moves the products of a good end to their places; {@code ways} are those in the root. */
  void move(ProductWays ways) throws IOException;

  /** Returns whether all products have moved to their places; before, none there is the job's. */
  boolean hasMoved();

  /** Makes the folder anew, after a machine was lost that ran the job in it. */
  void renew() throws IOException;
}
