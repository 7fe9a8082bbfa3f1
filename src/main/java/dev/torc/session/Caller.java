package dev.torc.session;

import dev.torc.cache.CachePlace;
import java.nio.file.Path;
import java.util.Map;

/**
 * Who asks, and where: what a request does not say and still depends on.
 *
 * @param env the caller's environment
 * @param cwd the folder that the caller stands in, absolute
 */
public record Caller(Map<String, String> env, Path cwd, Host host) {

  /** Where the cache of a root is for this caller. */
  public CachePlace place(Path root) {
    return CachePlace.find(root, env, host.here());
  }
}
