package dev.torc.posix;

import java.io.IOException;

/** Functions that may throw an {@link IOException}: {@code java.util.function} has none such. */
public final class Io {

  private Io() {}

  /** Does something. */
  public interface Run {
    void run() throws IOException;
  }

  /** Finds something out. */
  public interface Get<T> {
    T get() throws IOException;
  }

  /** Takes something. */
  public interface Take<T> {
    void take(T value) throws IOException;
  }

  /** Makes one thing of another. */
  public interface Make<T, R> {
    R of(T value) throws IOException;
  }
}
