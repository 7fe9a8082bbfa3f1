package dev.torc.features.remarks;

/** The rows that {@link ScriptImports} reads, in a class as {@link RemarkRows} are. */
final class ImportRows {

  private ImportRows() {}

  static final String TEXT =
      """
      # How scripts name files of their project: the suffixes of the scripts, a pattern whose first group
      # has the names (separated by commas), and the paths that a name may stand for, from the folder of
      # the script or of the command. In {module}, dots stand for slashes; leading ones for folders above.
      # Two spaces or more part the columns.
      py            ^[ \\t]*import[ \\t]+([\\w., \\t]+)                                {module}.py {module}/__init__.py
      py            ^[ \\t]*from[ \\t]+(\\.*[\\w.]*)[ \\t]+import\\b                     {module}.py {module}/__init__.py
      py            ^[ \\t]*from[ \\t]+(\\.*[\\w.]*[ \\t]+import[ \\t]+\\(?\\w+)           {module}.py {module}/__init__.py
      R r Rmd qmd   \\bsource\\([ ]*["']([^"']+)["']                                 {name}
      sh bash ksh   ^[ \\t]*(?:\\.|source)[ \\t]+["']?([\\w./-]+)                      {name}
      js mjs cjs jsx ts mts tsx  (?:\\bfrom|\\brequire\\(|\\bimport\\(?)[ ]*["'](\\.[^"']+)["']  {name} {name}.js {name}.ts {name}.mjs {name}.cjs {name}.jsx {name}.tsx {name}.json {name}/index.js {name}/index.ts
      jl            \\binclude\\([ ]*"([^"]+)"                                       {name}
      c cc cpp cxx h hh hpp hxx  ^[ \\t]*#[ \\t]*include[ \\t]+"([^"]+)"              {name}
      """;
}
