package dev.torc.records;

/**
 * The cache cannot be used or written: exit 3. The message is one line that names the file, the
 * cause and the next step; it is meant for people as it stands.
 */
public final class CacheException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  CacheException(String message) {
    super(message);
  }

  CacheException(String message, Throwable cause) {
    super(message, cause);
  }
}
