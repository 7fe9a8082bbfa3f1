package dev.torc.core.run;

import java.nio.file.Path;

/**
 * Where an attempt finds the files of the root, if it runs in another folder that stands for the
 * root. {@link LaunchBuilder} writes the paths that the job gets; an {@link AttemptPart} decides.
 */
public interface JobRoot {

  /** Returns where the job finds an absolute path; the root's is the folder that stands for it. */
  Path of(Path file);
}
