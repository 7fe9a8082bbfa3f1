package dev.torc.base.posix;

import java.io.IOException;

/** Calls that may throw an {@link IOException}. */
public final class Io {

  private Io() {}

  /** Returns what a call returns; {@code otherwise} if it throws an {@link IOException}. */
  public static <T> T or(Get<T> call, T otherwise) {
    try {
      return call.get();
    } catch (IOException e) {
      return otherwise;
    }
  }

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
