// One decoration type for each bucket, made once: VS Code slows down with many kinds of decoration.
import * as vscode from 'vscode';
import { LEVELS, NOT_A_NUMBER, RULER_LEVEL, UNDERLINE_LEVEL, paintedBuckets } from './buckets';

/** The theme colour behind a bucket, as package.json contributes it. */
export function bucketColor(bucket: number): vscode.ThemeColor {
  if (bucket === NOT_A_NUMBER) return new vscode.ThemeColor('inputValidation.errorBackground');
  return new vscode.ThemeColor(`subtext.activation${signName(bucket)}${Math.min(Math.abs(bucket), LEVELS)}`);
}

/** Makes the types; the caller disposes of them. */
export function createDecorationTypes(): Map<number, vscode.TextEditorDecorationType> {
  return new Map(
    paintedBuckets.map((bucket) => [bucket, vscode.window.createTextEditorDecorationType(look(bucket))]),
  );
}

function look(bucket: number): vscode.DecorationRenderOptions {
  const background = bucketColor(bucket);
  const rangeBehavior = vscode.DecorationRangeBehavior.ClosedClosed;
  if (bucket === NOT_A_NUMBER) {
    const color = new vscode.ThemeColor('errorForeground');
    return { rangeBehavior, backgroundColor: background, ...underline('dotted', color), ...ruler(color) };
  }
  const level = Math.abs(bucket);
  const line = new vscode.ThemeColor(`subtext.activation${signName(bucket)}`);
  return {
    rangeBehavior,
    backgroundColor: background,
    ...(level >= UNDERLINE_LEVEL && underline(bucket > 0 ? 'solid' : 'dashed', line)),
    ...(level >= RULER_LEVEL && ruler(line)),
  };
}

/** A border below, since only borders take theme colours; it takes no room in the line. */
function underline(style: string, color: vscode.ThemeColor): vscode.DecorationRenderOptions {
  return { borderStyle: style, borderWidth: '0 0 2px 0', borderColor: color };
}

function ruler(color: vscode.ThemeColor): vscode.DecorationRenderOptions {
  return { overviewRulerColor: color, overviewRulerLane: vscode.OverviewRulerLane.Center };
}

function signName(bucket: number): 'Positive' | 'Negative' {
  return bucket > 0 ? 'Positive' : 'Negative';
}
