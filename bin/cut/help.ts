/** The commands beside `cut`, which is what stands for no command. */
export const COMMANDS = {
  cut: 'Cut dresses out of photos; the command when none is named.',
  serve: 'Serve the HTTP API and its page.',
  index: 'Put dresses into a catalogue.',
  similar: 'Find the dresses in a catalogue that are most like one.',
  evaluate: 'Say how good the cut-outs are on labelled photos.',
  completion: 'Print what makes bash, zsh or fish complete all of this.',
} as const;

/** @param command how the user calls this: `dresscut`, or through npm */
export const beginning = (command: string) => `Cut the dress out of photos.

Examples${command === 'dresscut' ? '' : ` ("dresscut" stands for "${command}")`}:
  dresscut photo.jpg                         the cut-out is results/photo.png
  dresscut photos/ --out cut                 a folder with all in it, into cut/
  dresscut 'photos/**/*.heic'                what a pattern names, in any shell
  dresscut photos/ --report                  and results/report.html to look at
  dresscut photos/ --skip-existing           go on where a run was stopped
  dresscut photo.jpg --crop --margin 10%     the dress with some room around it
  dresscut photo.jpg --format jpeg --background white
  dresscut photos/ --output mask --out masks
  dresscut photos/ --json | jq -r 'select(.verdict == "review").result'
  curl -s URL | dresscut - > dress.png       standard input to standard output
`;

export const ending = () => `
Commands (dresscut COMMAND --help):
${Object.entries(COMMANDS)
  .map(([name, what]) => `  ${name.padEnd(10)} ${what}`)
  .join('\n')}

Results are named after their photo: photos/a/1.jpg becomes results/a/1.png.
Where two photos of one folder differ only in their ending, both keep it:
1.heic.png, 1.jpg.png. Two photos that would still give the same file are an
error for the second. Files appear whole or not at all; an earlier result is
replaced, and stays where nothing takes its place. In the photo's own folder
nothing is replaced: it may be somebody's original.

How each result was made stands in .dresscut.jsonl beside them. --skip-existing
leaves alone what was made of the same photo with the same options and network;
all else is cut anew.

A photo without a dress writes nothing and says no_dress. "review" marks
cut-outs to look at. With --json every photo is one line: source, result (the
file, or null), and the findings, or error with code and message.

Exit status:
    0  every photo was cut
    1  some could not be cut: unreadable, or no dress in them
    2  wrong usage; nothing was done
  130  stopped with Ctrl-C; what is written is whole
`;
