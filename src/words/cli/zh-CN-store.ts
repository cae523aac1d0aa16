import type { StoreWords } from './store-words.ts';

const changedHistory =
  '历史被改动或截断：请原样保留存储，用 verify ORDER 找出每处错误，并与备份比较';
const newerVersion = '请用写入它的版本或更新的版本读取';

export const chineseStore: StoreWords = {
  advice: {
    'no-directory': '没有这个目录：请建立它，或用 --store 指定另一个文件',
    'not-a-file': '那不是文件：请用 --store 指定一个文件',
    'no-file': '请检查 --store 和当前目录；create 会建立文件',
    'not-writable': '无权在此写入：请更改所有者或权限，或用 --store 指定另一个文件',
    'store-unavailable': 'doctor 会检查存储并说明问题所在',
    'store-denied': '请向存储的管理者申请权限，或在其地址中给出其他凭证',
    'store-read-only': '请用 --store 指定可以写入的文件',
    'append-outcome-unknown': '可能已经记录：请用 show 查看，或以相同的 --command-id 重复执行',
    'store-not-ours': '此文件属于其他程序：请用 --store 指定另一个文件',
    'store-newer': newerVersion,
    'store-closed': '请重新执行该命令',
    'store-corrupt': '请恢复备份并在其上继续；损坏的文件及其 -wal 请原样保留',
    'unknown-event-type': newerVersion,
    'unknown-schema-version': newerVersion,
    'invalid-event': changedHistory,
    'not-contiguous': changedHistory,
    'illegal-history': changedHistory,
  },
  noFile: (url, path) => `没有存储：${url} 读作 ${path}，该文件不存在`,
  emptyFile: (url, path) => `没有存储：${url} 读作 ${path}，该文件是空的`,
  nothingWaited: '因此没有等待的支付单',
  fileMade: '已建立一个',
  forgotten: 'memory: 的内容在本命令结束后不保留；请用 --store sqlite:FILE 指定文件',
  faults: (count) => `存储：有误，${count} 处`,
  times: (count) => (count === 1 ? '' : `（${count} 次）`),
};
