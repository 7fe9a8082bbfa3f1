package dev.torc.features.memo;

import dev.torc.base.posix.Environment;
import dev.torc.base.posix.Questions;
import java.util.AbstractMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentSkipListSet;

/**
 * The caller's environment, which notes the names of the variables that torc asks for. A memo holds
 * only these: the whole environment may hold tokens, and differs between terminals.
 */
public final class AskedVariables extends AbstractMap<String, String> {

  private final Environment all;
  private final Map<String, String> env;
  private final Set<String> asked = new ConcurrentSkipListSet<>();

  public AskedVariables(Environment all) {
    this.all = all;
    this.env = all.asMap();
  }

  /** Returns all variables, as bytes. */
  Environment all() {
    return all;
  }

  /** Returns the names that were asked for, sorted. */
  Set<String> asked() {
    return asked;
  }

  @Override
  public String get(Object name) {
    asked.add((String) name);
    return env.get(name);
  }

  @Override
  public boolean containsKey(Object name) {
    asked.add((String) name);
    return env.containsKey(name);
  }

  @Override
  public Set<Entry<String, String>> entrySet() {
    Questions.doubt("all variables were asked");
    return env.entrySet();
  }

  /** Returns a value without noting that it was asked for. */
  String quietly(String name) {
    return env.get(name);
  }
}
