package dev.torc.posix;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The environment torc was called with, byte for byte: what is no valid UTF-8 reaches the jobs
 * unharmed, which {@code System.getenv} does not promise. The launcher runs the JVM under a UTF-8
 * locale and hands the caller's own over in {@code TORC_CALLER_LC_ALL} (or says {@code
 * TORC_CALLER_LC_ALL_UNSET=1}); here, and only here, that is undone. Which entries a job declares
 * is not known here.
 */
public final class Environment {

  private static final String HANDED_OVER = "TORC_CALLER_";
  private static final String LOCALE = "TORC_CALLER_LC_ALL";
  private static final String NO_LOCALE = "TORC_CALLER_LC_ALL_UNSET";

  private final List<byte[]> entries;
  private final List<String> names; // of the entries, since every job asks for them
  private final Map<String, String> view;

  private Environment(List<byte[]> given) {
    Map<String, String> all = decode(given);
    entries = new ArrayList<>();
    for (byte[] entry : given) {
      String name = name(entry);
      boolean replaced = all.containsKey(LOCALE) || all.containsKey(NO_LOCALE);
      if (name.equals(LOCALE)) {
        byte[] own = new byte[entry.length - HANDED_OVER.length()];
        System.arraycopy(entry, HANDED_OVER.length(), own, 0, own.length);
        entries.add(own);
      } else if (!name.startsWith(HANDED_OVER) && !(replaced && name.equals("LC_ALL"))) {
        entries.add(entry);
      }
    }
    names = entries.stream().map(Environment::name).toList();
    view = Collections.unmodifiableMap(decode(entries));
  }

  /** The environment of this process. */
  public static Environment ofCaller() {
    List<byte[]> entries = new ArrayList<>();
    long list = address();
    if (list != 0) {
      byte[] entry = Memory.textAt(Memory.longAt(list));
      while (entry != null) {
        entries.add(entry);
        list += Long.BYTES;
        entry = Memory.textAt(Memory.longAt(list));
      }
    }
    return new Environment(entries);
  }

  /** An environment of the given {@code name=value} entries. */
  public static Environment of(List<byte[]> entries) {
    return new Environment(entries);
  }

  /** Names and values read as UTF-8; of a name that stands there twice, the first counts. */
  public Map<String, String> asMap() {
    return view;
  }

  /**
   * The entries for a process: these with others laid over them.
   *
   * @param over values by name; null removes the name
   * @return {@code name=value} in bytes, without the closing NUL
   */
  public List<byte[]> with(Map<String, String> over) {
    List<byte[]> all = new ArrayList<>(entries.size() + over.size());
    for (int i = 0; i < entries.size(); i++) {
      if (!over.containsKey(names.get(i))) {
        all.add(entries.get(i));
      }
    }
    over.forEach(
        (name, value) -> {
          if (value != null) {
            all.add((name + "=" + value).getBytes(StandardCharsets.UTF_8));
          }
        });
    return all;
  }

  private static Map<String, String> decode(List<byte[]> entries) {
    Map<String, String> map = new LinkedHashMap<>();
    for (byte[] entry : entries) {
      String text = new String(entry, StandardCharsets.UTF_8);
      int equals = text.indexOf('=');
      if (equals > 0) {
        map.putIfAbsent(text.substring(0, equals), text.substring(equals + 1));
      }
    }
    return map;
  }

  private static String name(byte[] entry) {
    int end = 0;
    while (end < entry.length && entry[end] != '=') {
      end++;
    }
    return new String(entry, 0, end, StandardCharsets.UTF_8);
  }

  /** The address in the C library's {@code environ}, which macOS only gives by a function. */
  private static long address() {
    long variable =
        Call.isMac()
            ? Call.of("_NSGetEnviron").pointer()
            : Libc.symbol("environ").orElseThrow().address();
    return Memory.longAt(variable);
  }
}
