package dev.torc.core.model;

import dev.torc.base.syntax.JsonText;
import java.util.ArrayList;
import java.util.List;

/**
 * What a job runs in besides its needs, such as software. Both the job that makes it and the jobs
 * that run in it carry this. It decides their manifests; a feature knows how it is made and
 * entered.
 *
 * @param name the entry's name, which does not count
 * @param entry everything else in the entry, as written
 * @param files the needed files whose bytes count: the lock
 */
public record Surroundings(String name, String entry, List<String> files) {

  /** The start of the name of a job that makes an environment. */
  public static final String MAKER = "environment/";

  /** Returns what {@link #extra} says. */
  static Surroundings of(Template text) {
    String[] lines = ((Template.Part.Text) text.parts().getFirst()).text().split("\n");
    List<String> files = new ArrayList<>();
    for (int i = 2; i < lines.length; i++) {
      files.add(JsonText.plain(lines[i]));
    }
    return new Surroundings(lines[0], lines[1], List.copyOf(files));
  }

  /** Returns what a job carries that runs in this. */
  public Extra extra() {
    List<String> parts = new ArrayList<>(List.of(name, entry));
    for (String file : files) {
      parts.add(JsonText.string(file));
    }
    return new Extra(Template.of(String.join("\n", parts)), Extra.SURROUNDS);
  }

  /** Returns the name of the job that makes this. */
  public String maker() {
    return MAKER + name;
  }
}
