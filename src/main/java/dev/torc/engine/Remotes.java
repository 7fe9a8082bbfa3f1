package dev.torc.engine;

import dev.torc.exec.RemoteRunner;

/** The schedulers of a build, by the names of their executors: each is there once it is asked. */
public interface Remotes {

  /** The runner of an executor that the build file has. */
  RemoteRunner of(String executor);
}
