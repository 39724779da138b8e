import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { Argument, Command } from 'commander';
import { COMMANDS } from './cut/help';
import { fail } from './listen';

/** An option as a command's help shows it. */
interface Offered {
  /** With both dashes. */
  readonly name: string;
  /** What must follow: words to choose from, or `file` for anything else; `null`: nothing must. */
  readonly takes: readonly string[] | 'file' | null;
}

type Offers = Readonly<Record<string, readonly Offered[]>>;

const SHELLS = { bash: bashScript, zsh: zshScript, fish: fishScript };

/** The part of a shell's start-up that completes our commands and options: made from what each command's help says. */
async function completion(shell: keyof typeof SHELLS): Promise<void> {
  const entries = await Promise.all(
    Object.keys(COMMANDS).map(async (command) => [command, offersIn(await helpOf(command))] as const),
  );
  process.stdout.write(SHELLS[shell](Object.fromEntries(entries)));
}

async function helpOf(command: string): Promise<string> {
  const [script = ''] = process.argv.slice(1);
  const { stdout } = await promisify(execFile)(process.execPath, [...process.execArgv, script, command, '--help']);
  return stdout;
}

/** The options that a help of commander's lists, each with its description over one line or several. */
function offersIn(help: string): Offered[] {
  const found = [...help.matchAll(/^ {2}(?:-\w, )?(--[\w-]+)(?: (<).*?>| \[.*?\])?(?: |$)/gm)];
  return found.map(({ 0: line, 1: name = '', 2: takes, index }, i) => {
    const text = help.slice(index + line.length, found[i + 1]?.index).replaceAll(/\s+/g, ' ');
    return { name, takes: takes === undefined ? null : (choicesIn(text) ?? 'file') };
  });
}

function choicesIn(text: string): string[] | null {
  const [, listed] =
    /Takes one of ([\w, ]+)\.|\(choices: ([^)]*?)(?:, default: "\w+")?\)/.exec(text)?.filter(Boolean) ?? [];
  return listed?.replaceAll('"', '').split(', ') ?? null;
}

function bashScript(offers: Offers): string {
  const commands = Object.keys(offers);
  const all = Object.entries(offers).flatMap(([command, options]) => options.map((each) => ({ command, ...each })));
  const options = commands.map((command) => {
    return `    ${command}) words='${(offers[command] ?? []).map(({ name }) => name).join(' ')}' ;;`;
  });
  const chosen = all.flatMap(({ command, name, takes }) =>
    Array.isArray(takes) ? [`    '${command} ${name}') values='${takes.join(' ')}' ;;`] : [],
  );
  const files = all.flatMap(({ command, name, takes }) => (takes === 'file' ? [`'${command} ${name}'`] : []));
  return `# dresscut completion bash: eval "$(dresscut completion bash)"
_dresscut() {
  local current="\${COMP_WORDS[COMP_CWORD]}" previous="\${COMP_WORDS[COMP_CWORD-1]}" command=cut
  local words='' values=''
  case "\${COMP_WORDS[1]}" in
    ${commands.join('|')}) [ "$COMP_CWORD" -gt 1 ] && command="\${COMP_WORDS[1]}" ;;
  esac
  case "$command $previous" in
${chosen.join('\n')}
    'completion completion') values='${Object.keys(SHELLS).join(' ')}' ;;
    ${files.join('|')}) COMPREPLY=(); return ;;
  esac
  case "$command" in
${options.join('\n')}
  esac
  COMPREPLY=()
  if [ -n "$values" ]; then
    COMPREPLY=( $(compgen -W "$values" -- "$current") )
  elif [ "\${current#-}" != "$current" ]; then
    COMPREPLY=( $(compgen -W "$words" -- "$current") )
  elif [ "$COMP_CWORD" -eq 1 ]; then
    COMPREPLY=( $(compgen -W '${commands.join(' ')}' -- "$current") )
  fi
}
# Where nothing of ours fits, files.
complete -o default -F _dresscut dresscut
`;
}

function zshScript(offers: Offers): string {
  return `autoload -Uz compinit bashcompinit && compinit && bashcompinit\n${bashScript(offers)}`;
}

function fishScript(offers: Offers): string {
  const commands = Object.keys(offers);
  const others = commands.filter((command) => command !== 'cut').join(' ');
  const lines = commands.flatMap((command) => {
    const when =
      command === 'cut' ? `not __fish_seen_subcommand_from ${others}` : `__fish_seen_subcommand_from ${command}`;
    return (offers[command] ?? []).map(({ name, takes }) => {
      const follows = takes === null ? '' : takes === 'file' ? ' -r -F' : ` -x -a '${takes.join(' ')}'`;
      return `complete -c dresscut -n '${when}' -l ${name.slice(2)}${follows}`;
    });
  });
  const words = commands.map((command) => {
    const what = COMMANDS[command as keyof typeof COMMANDS];
    return `complete -c dresscut -n __fish_use_subcommand -a ${command} -d '${what}'`;
  });
  const shells = `complete -c dresscut -n '__fish_seen_subcommand_from completion' -x -a '${Object.keys(SHELLS).join(' ')}'`;
  return `# dresscut completion fish | source\n${[...words, ...lines, shells].join('\n')}\n`;
}

new Command('dresscut completion')
  .description('Print what makes a shell complete commands and options: eval "$(dresscut completion bash)"')
  .addArgument(new Argument('<shell>', 'which').choices(Object.keys(SHELLS)))
  .action((shell: keyof typeof SHELLS) => completion(shell).catch(fail))
  .parse();
