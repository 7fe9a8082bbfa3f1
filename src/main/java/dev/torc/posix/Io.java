package dev.torc.posix;

import java.io.IOException;

/** Functions that may throw an {@link IOException}: {@code java.util.function} has none such. */
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
