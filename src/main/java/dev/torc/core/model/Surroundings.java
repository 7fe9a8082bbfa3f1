package dev.torc.core.model;

import dev.torc.base.syntax.JsonText;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The software that a job runs in: an entry of {@code environments}. Both the job that makes it and
 * the jobs that run in it have this as the text of a condition. It decides their manifests; {@code
 * features.environments} knows how it is made and entered.
 *
 * @param name the entry's name, which does not count
 * @param entry everything else in the entry, as written
 * @param files the needed files whose bytes count: the lock
 */
public record Surroundings(String name, String entry, List<String> files) {

  /** The start of the name of a job that makes an environment. */
  public static final String MAKER = "environment/";

  /** Returns the surroundings of a job that has some. */
  static Surroundings of(Job job) {
    String[] lines = text(job).split("\n");
    List<String> files = new ArrayList<>();
    for (int i = 2; i < lines.length; i++) {
      files.add(JsonText.plain(lines[i]));
    }
    return new Surroundings(lines[0], lines[1], List.copyOf(files));
  }

  private static String text(Job job) {
    return ((Template.Part.Text) job.conditions().get(Job.ENVIRONMENT).parts().getFirst()).text();
  }

  /** Returns the conditions of a job that runs in this, besides its others. */
  public SortedMap<String, Template> with(SortedMap<String, Template> others) {
    SortedMap<String, Template> all = new TreeMap<>(others);
    List<String> parts = new ArrayList<>(List.of(name, entry));
    for (String file : files) {
      parts.add(JsonText.string(file));
    }
    all.put(Job.ENVIRONMENT, Template.of(String.join("\n", parts)));
    return all;
  }

  /** Returns the name of the job that makes this. */
  public String maker() {
    return MAKER + name;
  }
}
