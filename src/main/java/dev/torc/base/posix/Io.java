package dev.torc.base.posix;

import java.io.IOException;

/** Functional interfaces whose methods may throw an {@link IOException}. */
public final class Io {

  private Io() {}

  public interface Run {
    void run() throws IOException;
  }

  public interface Get<T> {
    T get() throws IOException;
  }

  public interface Take<T> {
    void take(T value) throws IOException;
  }

  public interface Make<T, R> {
    R of(T value) throws IOException;
  }
}
